package dev.buddyd.diagnosis.verdict;

/**
 * The free blocks of one order.
 *
 * @param order the order
 * @param count number of free blocks
 * @param lists letters of the lists that hold them; empty when not printed
 * @param usable whether the request may take one of them
 */
public record BlocksOfOrder(int order, long count, String lists, boolean usable) {}
