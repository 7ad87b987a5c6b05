package io.aquifer.move;

/**
 * What goes through a partition.
 *
 * @param produced bytes a second, as the leader gets them
 * @param consumed bytes a second, to all consumer groups together
 */
record Rate(double produced, double consumed) {

    static final Rate NONE = new Rate(0, 0);
}
