package dev.godwit.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.agent.advice.AutomaticHint;
import dev.godwit.agent.manage.Jmx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgentOptionsTest {

    private static AgentOptions parse(String arguments) {
        return parse(arguments, Map.of(), Map.of());
    }

    private static AgentOptions parse(
            String arguments, Map<String, String> properties, Map<String, String> environment) {
        return AgentOptions.parse(arguments, properties::get, environment::get);
    }

    @Test
    void withoutOptionsTheAgentIsIdle() {
        AgentOptions options = parse("");

        assertThat(options.output()).isEmpty();
        assertThat(options.duration()).isEmpty();
        assertThat(options.interval()).isEqualTo(Duration.ofMillis(500));
        assertThat(options.collect().atStart()).isFalse();
        assertThat(options.collect().period()).isEmpty();
        assertThat(options.maxSizeBytes()).isEqualTo(2L << 30);
        assertThat(options.endLimit()).isEqualTo(Duration.ofSeconds(2));
        assertThat(options.sample()).isTrue();
        assertThat(options.automaticHints()).containsExactlyInAnyOrder(AutomaticHint.values());
        assertThat(options.verbose()).isFalse();
        assertThat(options.jfr()).isTrue();
        assertThat(options.jmx()).isEqualTo(Jmx.AUTO);
        assertThat(options.stop()).isFalse();
    }

    @Test
    void everyOptionIsRead() {
        AgentOptions options = parse(" output = /tmp/a b ;duration=2m; interval=50ms;eden=track;sample=off;"
                + "collect=5s;max-size=10MiB;end-limit=3m;jfr=off;jmx=on;verbose=true;stop=true;");

        assertThat(options.output()).contains(Path.of("/tmp/a b"));
        assertThat(options.duration()).contains(Duration.ofMinutes(2));
        assertThat(options.interval()).isEqualTo(Duration.ofMillis(50));
        assertThat(options.edenTracked()).isTrue();
        assertThat(options.sample()).isFalse();
        assertThat(options.collect().period()).contains(Duration.ofSeconds(5));
        assertThat(options.maxSizeBytes()).isEqualTo(10L << 20);
        assertThat(options.endLimit()).isEqualTo(Duration.ofMinutes(3));
        assertThat(options.verbose()).isTrue();
        assertThat(options.jfr()).isFalse();
        assertThat(options.jmx()).isEqualTo(Jmx.ON);
        assertThat(options.stop()).isTrue();
        assertThat(parse("collect=now").collect().atStart()).isTrue();
    }

    @Test
    void argumentsWinOverPropertiesAndPropertiesOverTheEnvironment() {
        Map<String, String> environment =
                Map.of("GODWIT_INTERVAL", "1s", "GODWIT_MAX_SIZE", "1GiB", "GODWIT_DURATION", "3s");
        Map<String, String> properties = Map.of("godwit.interval", "2s", "godwit.duration", "4s");
        AgentOptions options = parse("interval=3s", properties, environment);

        assertThat(options.interval()).isEqualTo(Duration.ofSeconds(3));
        assertThat(options.duration()).contains(Duration.ofSeconds(4));
        assertThat(options.maxSizeBytes()).isEqualTo(1L << 30);
    }

    @Test
    void eachKindOfAutomaticHintHasASwitch() {
        assertThat(parse("jdbc-hints=off").automaticHints())
                .doesNotContain(AutomaticHint.JDBC)
                .hasSize(AutomaticHint.values().length - 1);
        assertThat(parse("servlet-hints=off;http-server-hints=off").automaticHints())
                .doesNotContain(AutomaticHint.SERVLET, AutomaticHint.HTTP_SERVER);
        assertThat(parse("async-servlet-hints=off").automaticHints())
                .doesNotContain(AutomaticHint.ASYNC_SERVLET)
                .contains(AutomaticHint.SERVLET);
        assertThat(parse("", Map.of("godwit.jdbc-hints", "off"), Map.of()).automaticHints())
                .doesNotContain(AutomaticHint.JDBC);
        assertThat(parse("jdbc-hints=on", Map.of(), Map.of("GODWIT_JDBC_HINTS", "off"))
                        .automaticHints())
                .contains(AutomaticHint.JDBC);
    }

    @Test
    void stopIsAnArgumentOnly() {
        assertThat(parse("", Map.of("godwit.stop", "true"), Map.of()).stop()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "outptu=x",
                "output",
                "interval=0ms",
                "interval=5",
                "interval=-1s",
                "interval=9999999999999s",
                "duration=2d",
                "eden=maybe",
                "sample=yes",
                "collect=soon",
                "collect=1ms",
                "max-size=1KiB",
                "max-size=999999999999TiB",
                "max-size=",
                "jdbc-hints=yes",
                "jfr=maybe",
                "jmx=maybe",
                "verbose=1",
                "output=a\u0000b"
            })
    void whatIsWrongIsNamedInOneLine(String wrong) {
        String key = wrong.contains("=") ? wrong.substring(0, wrong.indexOf('=')) : wrong;
        assertThatThrownBy(() -> parse(wrong))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(key)
                .message()
                .doesNotContain("\n");
    }
}
