package io.aquifer.object;

/**
 * What can go wrong with a call, beyond what the store itself repeats. Each is something that a real store is known to do.
 */
public enum SimulatedFault {

    /** Nothing. */
    NONE,

    /** The connection breaks before the store has seen the call. */
    LOST_REQUEST,

    /** The call takes effect, and the connection breaks before the answer is here. */
    LOST_ANSWER,

    /** The store asks for fewer requests; no effect. */
    THROTTLED,

    /** No answer comes in time; no effect. */
    TIMED_OUT,

    /** The call takes effect, long after others that began later. */
    SLOW,

    /** Part of the body is in the target when the connection breaks. Of calls without a body: {@link #LOST_REQUEST}. */
    CUT_BODY,

    /** Another writer creates the key first, with other bytes. Of calls that create nothing: {@link #LOST_REQUEST}. */
    LOST_RACE,

    /** A permission is missing; no effect. */
    DENIED
}
