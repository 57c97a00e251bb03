package gyre.proxy.cache;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * HTTP-date: what is written, and the three forms that are read (RFC 9110, 5.6.7). Case does not
 * matter to the reader, nor whether the day of the week is the right one.
 */
public final class HttpTime {
  private static final String FIXDATE = "EEE, dd MMM yyyy HH:mm:ss 'GMT'";
  private static final DateTimeFormatter WRITTEN =
      DateTimeFormatter.ofPattern(FIXDATE, Locale.ENGLISH).withZone(ZoneOffset.UTC);
  private static final List<DateTimeFormatter> READ =
      List.of(
          form(lenient().appendPattern(FIXDATE)),
          form(
              lenient()
                  .appendPattern("EEEE, dd-MMM-")
                  .appendValueReduced(ChronoField.YEAR, 2, 2, 1970)
                  .appendPattern(" HH:mm:ss 'GMT'")),
          form(lenient().appendPattern("EEE MMM ppd HH:mm:ss yyyy")));

  private HttpTime() {}

  private static DateTimeFormatterBuilder lenient() {
    return new DateTimeFormatterBuilder().parseCaseInsensitive();
  }

  private static DateTimeFormatter form(DateTimeFormatterBuilder builder) {
    return builder
        .toFormatter(Locale.ENGLISH)
        .withZone(ZoneOffset.UTC)
        .withResolverFields(
            ChronoField.YEAR_OF_ERA,
            ChronoField.YEAR,
            ChronoField.MONTH_OF_YEAR,
            ChronoField.DAY_OF_MONTH,
            ChronoField.HOUR_OF_DAY,
            ChronoField.MINUTE_OF_HOUR,
            ChronoField.SECOND_OF_MINUTE);
  }

  /** Of a year beyond 9999 there is no date: nothing here has to reckon with it. */
  public static Optional<Instant> parse(String text) {
    if (text.indexOf('+') >= 0) {
      return Optional.empty();
    }
    for (DateTimeFormatter form : READ) {
      try {
        return Optional.of(form.parse(text, Instant::from));
      } catch (DateTimeException notThisForm) {
        // the next one may fit
      }
    }
    return Optional.empty();
  }

  public static String format(Instant time) {
    return WRITTEN.format(time);
  }
}
