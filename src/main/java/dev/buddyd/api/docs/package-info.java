/** The OpenAPI document and how its schemas are named. */
@NullMarked
package dev.buddyd.api.docs;

import org.jspecify.annotations.NullMarked;
