/** {@code /replays}: recordings, questions and watermark tables, run on machines of their own. */
@NullMarked
package dev.buddyd.api.replay;

import org.jspecify.annotations.NullMarked;
