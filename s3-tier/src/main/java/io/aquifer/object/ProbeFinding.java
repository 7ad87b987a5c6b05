package io.aquifer.object;

/**
 * Something that a store lacks.
 *
 * @param lacking the IAM action to allow, or what the store has to do
 * @param message what was found, where, and what to do
 */
public record ProbeFinding(String lacking, String message) {}
