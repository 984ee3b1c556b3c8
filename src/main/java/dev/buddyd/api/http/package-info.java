/**
 * What all endpoints share: limits on bodies, gzip, exposure (same site, read-only, security
 * headers), strict parameters, page frame numbers, entity tags and cursors.
 */
@NullMarked
package dev.buddyd.api.http;

import org.jspecify.annotations.NullMarked;
