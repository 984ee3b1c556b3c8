/**
 * {@code /zones}, {@code /nodes} and {@code /pageblocks}: what the machine's memory looks like.
 * Each zone is read under its lock, so an answer is coherent per zone.
 */
@NullMarked
package dev.buddyd.api.zone;

import org.jspecify.annotations.NullMarked;
