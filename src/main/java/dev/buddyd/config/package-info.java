/**
 * How the service is set up: the properties under {@code buddyd.*}, the machine presets, and the
 * beans that everybody shares: the one machine and the budget of all frame tables.
 */
@NullMarked
package dev.buddyd.config;

import org.jspecify.annotations.NullMarked;
