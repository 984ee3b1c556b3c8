/** {@code /diagnoses}: kernel text in, verdict out. */
@NullMarked
package dev.buddyd.api.diagnosis;

import org.jspecify.annotations.NullMarked;
