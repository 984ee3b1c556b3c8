/** What happened and by which rule: the decisions as they are made, told once. */
@NullMarked
package dev.buddyd.mm.trace;

import org.jspecify.annotations.NullMarked;
