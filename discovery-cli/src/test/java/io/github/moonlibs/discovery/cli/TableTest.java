package io.github.moonlibs.discovery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.moonlibs.discovery.cli.Table.Cell;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
    private static Table table() {
        return new Table()
                .heading(Cell.of("NODE"), Cell.number("CALLS"), Cell.of("STATE"))
                .row(List.of(Cell.of("one"), Cell.number("12345"), Cell.of("serving", Paint.GOOD)))
                .row(
                        List.of(Cell.of("a-long-one"), Cell.number("7"), Cell.of("down", Paint.BAD)),
                        List.of(Cell.of("  refused", Paint.BAD)));
    }

    @Test
    void columnsAreAsWideAsTheirWidestCell() {
        assertThat(table().lines(80, false))
                .containsExactly(
                        "NODE        CALLS  STATE",
                        "one         12345  serving",
                        "a-long-one      7  down",
                        "  refused");
    }

    @Test
    void aColumnThatDoesNotFitIsLeftOutWhole() {
        assertThat(table().lines(23, false))
                .containsExactly("NODE        CALLS …", "one         12345 …", "a-long-one      7 …", "  refused");
        assertThat(table().lines(19, false)).isEqualTo(table().lines(23, false));
        assertThat(table().lines(18, false))
                .containsExactly("NODE       …", "one        …", "a-long-one …", "  refused");
    }

    @Test
    void theFirstColumnIsCutRatherThanLeftOut() {
        assertThat(table().lines(5, false)).containsExactly("NODE…", "one …", "a-lo…", "  re…");
    }

    @Test
    void ofALongNameTheBeginningAndTheEndAreShown() {
        assertThat(Table.abbreviated("users.get", 9)).isEqualTo("users.get");
        assertThat(Table.abbreviated("users.get", 8)).isEqualTo("user…get");
        assertThat(Table.abbreviated("a\nb", 4)).isEqualTo("a\\nb");
        // halves of characters are left out
        assertThat(Table.abbreviated("😀😀😀😀", 4)).isEqualTo("😀…");
        assertThat(Table.abbreviated("a😀😀😀b", 5)).isEqualTo("a…b");
    }

    @Test
    void coloursTakeNoColumns() {
        assertThat(table().lines(26, true))
                .containsExactly(
                        "\033[1mNODE      \033[0m\033[1m  CALLS\033[0m\033[1m  STATE  \033[0m",
                        "one         12345\033[32m  serving\033[0m",
                        "a-long-one      7\033[1;31m  down   \033[0m",
                        "\033[1;31m  refused\033[0m");
    }
}
