package dev.buddyd.diagnosis.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.procfs.parse.QuotedPrintable;
import org.junit.jupiter.api.Test;

/** Mails pasted as they travelled, with their transfer encoding. */
class QuotedPrintableTest {

  private static final String ENCODED =
      """
      =46rom the list:
      > x: page allocation failure: order:1, mode:0xcc0(GFP_KERNEL), nodemask=3D(nu=
      ll),cpuset=3D/,mems_allowed=3D0
      > Node 0 Normal free:1000kB min:4000kB low:5000kB high:6000kB present:400000k=
      B managed:390000kB
      > lowmem_reserve[]: 0 0
      > Node 0 Normal: 250*4kB (U) 0*8kB 0*16kB 0*32kB 0*64kB 0*128kB=20
      > 0*256kB 0*512kB 0*1024kB 0*2048kB 0*4096kB =3D 1000kB
      """;

  @Test
  void aReportInATravellingMailIsReadWhole() {
    KernelReport report = ReportParser.parse(ENCODED).getFirst();

    assertThat(report.line()).isEqualTo(2);
    assertThat(report.order()).isEqualTo(1);
    assertThat(report.confinement()).isEqualTo(new Confinement("(null)", "/", "0"));
    ZoneFacts zone = report.zones().getFirst();
    assertThat(zone.presentKb()).isEqualTo(400_000);
    assertThat(zone.managedKb()).isEqualTo(390_000);
    assertThat(zone.line()).isEqualTo(4);
    assertThat(zone.freeList()).isNotNull();
    assertThat(zone.freeList().complete()).isTrue();
    assertThat(report.missing()).containsExactly("kernel");
  }

  @Test
  void lineEndsAndNumbersAreKept() {
    assertThat(QuotedPrintable.decode("a =3D b=\nc=\nd\ne\n")).isEqualTo("a = bcd\n\n\ne\n");
    assertThat(QuotedPrintable.decode("a =3D b=\r\nc\r\n")).isEqualTo("a = bc\n\n");
    assertThat(QuotedPrintable.decode("a =3D=0A=\nb=\nc=0A=\nd\n")).isEqualTo("a =\nbc\n\nd\n");
    assertThat(QuotedPrintable.decode("a=3Db=")).isEqualTo("a=b=");
    assertThat(QuotedPrintable.decode("=C3=A9=3D")).isEqualTo("  =");
  }

  @Test
  void whatIsNotEncodedIsLeftAlone() {
    for (String plain :
        new String[] {
          "Free swap  = 0kB",
          "gfp_mask=0xd0, order=20",
          "0*4096kB =\n1000kB",
          "mems_allowed=20\n",
          "",
          "a=",
        }) {
      assertThat(QuotedPrintable.decode(plain)).isEqualTo(plain);
    }
    assertThat(QuotedPrintable.decode("x =3D y\nFree swap  = 0kB\n"))
        .isEqualTo("x = y\nFree swap  = 0kB\n");
  }
}
