/** {@code /predictions}: how many blocks a request would get. */
@NullMarked
package dev.buddyd.api.prediction;

import org.jspecify.annotations.NullMarked;
