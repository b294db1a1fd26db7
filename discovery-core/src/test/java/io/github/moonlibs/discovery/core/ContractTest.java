package io.github.moonlibs.discovery.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContractTest {
    @Test
    void readsNumberedLinesPartsListsAndTables() {
        Contract contract = Contract.of("""
                # The contract
                Marks look like *(open)*.
                ## Terms
                A **node** is an endpoint.
                ## Calls
                ```lua
                1. no line
                ```
                1. The first line
                   goes on. **The late
                   hedge** *(open)*: a part.
                2. The second line is
                   not built. *(open)*
                3. The third **counts** what was made.
                ### Failures
                | exception | code | when |
                |---|---|---|
                | no route | 0x100 | never |
                | closed, overloaded | – | always |

                - **Each has one line**: of text.
                - **No route says why** *(open)*: with reasons.
                ## Original: what it did
                | the original | here |
                |---|---|
                | `"false"` counts as 0x1; 33.4 % | Calls 1 |
                """);

        assertThat(contract.problems()).isEmpty();
        assertThat(contract.built())
                .containsExactly(
                        "Calls 1",
                        "Calls 3",
                        "Calls 3: counts",
                        "Failures: no route 0x100",
                        "Failures: closed, overloaded",
                        "Failures: each has one line",
                        "Original: `\"false\"` counts as 0x1; 33.4 %");
        assertThat(contract.open())
                .containsExactly("Calls 1: the late hedge", "Calls 2", "Failures: no route says why");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1. A line. *(opened)*",
                "1. A line. (open)",
                "1. A line. *(open: later)*",
                "1. A line. **(open)**",
                "1. A line. *( open )*",
                "1. A line. *[open]*",
                "1. A line *(open)* goes on.",
                "1. A line. *(open)* *(open)*",
                "1. A **part** of a line *(open)* goes on.",
                "- A list. *(open)*",
                "A paragraph. *(open)*",
                "| row | *(open)* |"
            })
    void aMarkElsewhereOrOfAnotherFormIsAProblem(String line) {
        assertThat(Contract.of("# The contract\n\n## Calls\n\n" + line + "\n").problems())
                .singleElement()
                .asString()
                .startsWith("Calls");
    }

    @Test
    void aNumberThatIsNotTheNextOneIsAProblem() {
        assertThat(Contract.of("# The contract\n\n## Calls\n\n1. A line.\n3. Another.\n")
                        .problems())
                .containsExactly("Calls 3: expected number 2");
    }
}
