package io.github.moonlibs.discovery.docs;

import java.util.Map;
import javax.swing.text.Segment;
import org.fife.ui.rsyntaxtextarea.SyntaxConstants;
import org.fife.ui.rsyntaxtextarea.Token;
import org.fife.ui.rsyntaxtextarea.TokenMaker;
import org.fife.ui.rsyntaxtextarea.TokenMakerFactory;
import org.fife.ui.rsyntaxtextarea.TokenTypes;

/** Code as HTML, in which each word has the class of what it is: a keyword, a text, a comment. */
final class Highlighter {
    private static final Map<String, String> STYLES = Map.of(
            "java", SyntaxConstants.SYNTAX_STYLE_JAVA,
            "json", SyntaxConstants.SYNTAX_STYLE_JSON,
            "lua", SyntaxConstants.SYNTAX_STYLE_LUA,
            "sh", SyntaxConstants.SYNTAX_STYLE_UNIX_SHELL,
            "xml", SyntaxConstants.SYNTAX_STYLE_XML,
            "yaml", SyntaxConstants.SYNTAX_STYLE_YAML);
    private static final String PROMPT = "$ ";

    private Highlighter() {}

    /** @param language what stands behind the fence; of a {@code console} only the commands are coloured */
    static String html(String language, String code) {
        if (language.equals("console")) {
            return console(code);
        }
        String style = STYLES.get(language);
        return style == null ? escaped(code) : coloured(style, code);
    }

    private static String console(String code) {
        StringBuilder html = new StringBuilder();
        code.lines().forEach(line -> {
            if (line.startsWith(PROMPT)) {
                html.append("<span class=\"prompt\">").append(PROMPT).append("</span>");
                html.append(coloured(SyntaxConstants.SYNTAX_STYLE_UNIX_SHELL, line.substring(PROMPT.length()) + "\n"));
            } else {
                html.append(escaped(line)).append('\n');
            }
        });
        return html.toString();
    }

    private static String coloured(String style, String code) {
        TokenMaker maker = TokenMakerFactory.getDefaultInstance().getTokenMaker(style);
        StringBuilder html = new StringBuilder();
        int state = TokenTypes.NULL;
        for (String line : code.lines().toList()) {
            Segment text = new Segment(line.toCharArray(), 0, line.length());
            for (Token token = maker.getTokenList(text, state, 0);
                    token != null && token.isPaintable();
                    token = token.getNextToken()) {
                append(html, kind(token.getType()), escaped(token.getLexeme()));
            }
            html.append('\n');
            state = maker.getLastTokenTypeOnLine(text, state);
        }
        return html.toString();
    }

    private static void append(StringBuilder html, String kind, String text) {
        if (kind.isEmpty()) {
            html.append(text);
        } else {
            html.append("<span class=\"")
                    .append(kind)
                    .append("\">")
                    .append(text)
                    .append("</span>");
        }
    }

    private static String kind(int type) {
        return switch (type) {
            case TokenTypes.RESERVED_WORD,
                    TokenTypes.RESERVED_WORD_2,
                    TokenTypes.DATA_TYPE,
                    TokenTypes.LITERAL_BOOLEAN,
                    TokenTypes.MARKUP_TAG_NAME -> "keyword";
            case TokenTypes.LITERAL_STRING_DOUBLE_QUOTE,
                    TokenTypes.LITERAL_CHAR,
                    TokenTypes.LITERAL_BACKQUOTE,
                    TokenTypes.MARKUP_TAG_ATTRIBUTE_VALUE -> "string";
            case TokenTypes.LITERAL_NUMBER_DECIMAL_INT,
                    TokenTypes.LITERAL_NUMBER_FLOAT,
                    TokenTypes.LITERAL_NUMBER_HEXADECIMAL -> "number";
            case TokenTypes.COMMENT_EOL,
                    TokenTypes.COMMENT_MULTILINE,
                    TokenTypes.COMMENT_DOCUMENTATION,
                    TokenTypes.MARKUP_COMMENT -> "comment";
            case TokenTypes.ANNOTATION, TokenTypes.VARIABLE, TokenTypes.MARKUP_TAG_ATTRIBUTE -> "name";
            default -> "";
        };
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
