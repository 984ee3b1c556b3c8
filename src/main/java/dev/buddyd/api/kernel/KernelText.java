package dev.buddyd.api.kernel;

/** The media type of kernel text. */
final class KernelText {

  static final String MEDIA_TYPE = "text/plain;charset=UTF-8";

  private KernelText() {}
}
