package io.github.moonlibs.discovery;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.GenericDeclaration;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.TypeVariable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The public API as text: what code outside of the module can name, a line each, sorted, with nullness. Packages are left
 * out of names; {@code equals}, {@code hashCode} and {@code toString} are not listed, because overriding them changes no
 * signature.
 */
final class PublicApi {
    private static final Set<Class<?>> IMPLIED = Set.of(Object.class, Record.class, Enum.class);
    private static final Set<String> OF_OBJECT = Set.of("equals", "hashCode", "toString");

    private PublicApi() {}

    /** All exported packages of the module whose classes are in the folder. */
    static String of(Path classes) throws IOException {
        StringBuilder text = new StringBuilder();
        try (InputStream module = Files.newInputStream(classes.resolve("module-info.class"))) {
            List<String> packages = ModuleDescriptor.read(module).exports().stream()
                    .filter(Predicate.not(ModuleDescriptor.Exports::isQualified))
                    .map(ModuleDescriptor.Exports::source)
                    .sorted()
                    .toList();
            for (String name : packages) {
                text.append("package ").append(name).append("\n\n");
                for (Class<?> type : publicTypes(classes, name)) {
                    text.append(of(type)).append("\n");
                }
            }
        }
        return text.toString();
    }

    private static List<Class<?>> publicTypes(Path classes, String packageName) throws IOException {
        try (Stream<Path> files = Files.list(classes.resolve(packageName.replace('.', '/')))) {
            List<String> names = files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".class") && !file.startsWith("package-info"))
                    .map(file -> packageName + "." + file.substring(0, file.length() - ".class".length()))
                    .sorted()
                    .toList();
            return names.stream()
                    .flatMap(name -> load(name).stream())
                    .filter(PublicApi::isVisible)
                    .toList();
        }
    }

    /** Empty for a variant that was compiled for a newer JDK: the base classes alone are API. */
    private static Optional<Class<?>> load(String name) {
        try {
            return Optional.of(Class.forName(name, false, PublicApi.class.getClassLoader()));
        } catch (UnsupportedClassVersionError newer) {
            return Optional.empty();
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("expected " + name + " among the tested classes", e);
        }
    }

    private static boolean isVisible(Class<?> type) {
        Class<?> outer = type.getEnclosingClass();
        return isVisible(type.getModifiers()) && !type.isAnonymousClass() && (outer == null || isVisible(outer));
    }

    private static boolean isVisible(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    /** One type and its own members. */
    static String of(Class<?> type) {
        Stream<String> constructors = Arrays.stream(type.getDeclaredConstructors())
                .filter(PublicApi::isListed)
                .map(constructor -> signature(constructor, simpleName(type)));
        Stream<String> fields = Arrays.stream(type.getDeclaredFields())
                .filter(field -> isListed(field) && !field.isEnumConstant())
                .map(PublicApi::field);
        Stream<String> methods = Arrays.stream(type.getDeclaredMethods())
                .filter(method -> isListed(method) && !method.isBridge() && !OF_OBJECT.contains(method.getName()))
                .map(PublicApi::method);
        return Stream.of(constructors, fields, methods)
                        .flatMap(Stream::sorted)
                        .collect(Collectors.joining("\n    ", header(type) + "\n    ", ""))
                        .stripTrailing()
                + "\n";
    }

    private static boolean isListed(Member member) {
        return isVisible(member.getModifiers()) && !member.isSynthetic();
    }

    private static String header(Class<?> type) {
        String kind = type.isAnnotation()
                ? "@interface"
                : type.isInterface() ? "interface" : type.isEnum() ? "enum" : type.isRecord() ? "record" : "class";
        int modifiers = type.getModifiers() & ~Modifier.INTERFACE & (type.isInterface() ? ~Modifier.ABSTRACT : ~0);
        String constants = type.isEnum()
                ? Arrays.stream(type.getEnumConstants())
                        .map(constant -> ((Enum<?>) constant).name())
                        .collect(Collectors.joining(", ", " { ", " }"))
                : "";
        AnnotatedType extended = type.getAnnotatedSuperclass();
        return Modifier.toString(modifiers) + (type.isSealed() ? " sealed " : " ") + kind + " " + simpleName(type)
                + typeParameters(type)
                + (extended == null || IMPLIED.contains(type.getSuperclass()) ? "" : " extends " + text(extended))
                + list(type.isInterface() ? " extends " : " implements ", type.getAnnotatedInterfaces())
                + (type.isSealed() ? " permits " + permitted(type) : "")
                + constants;
    }

    private static String permitted(Class<?> type) {
        return Arrays.stream(type.getPermittedSubclasses())
                .map(PublicApi::simpleName)
                .sorted()
                .collect(Collectors.joining(", "));
    }

    private static String field(Field field) {
        return Modifier.toString(field.getModifiers()) + " " + text(field.getAnnotatedType()) + " " + field.getName();
    }

    private static String method(Method method) {
        Object value = method.getDefaultValue();
        String fallback = value == null
                ? ""
                : " default " + (value.getClass().isArray() ? array(value) : '"' + value.toString() + '"');
        return signature(method, text(method.getAnnotatedReturnType()) + " " + method.getName()) + fallback;
    }

    private static String array(Object array) {
        return IntStream.range(0, Array.getLength(array))
                .mapToObj(i -> String.valueOf(Array.get(array, i)))
                .collect(Collectors.joining(", ", "[", "]"));
    }

    private static <E extends Executable & GenericDeclaration & AnnotatedElement> String signature(
            E executable, String name) {
        int modifiers = executable.getModifiers() & (Modifier.methodModifiers() & ~Modifier.SYNCHRONIZED);
        String parameters = Arrays.stream(parameterTypes(executable))
                .map(PublicApi::text)
                .collect(Collectors.joining(", ", "(", ")"));
        boolean isDefault = executable instanceof Method method && method.isDefault();
        return Modifier.toString(modifiers)
                + (isDefault ? " default " : " ")
                + (typeParameters(executable) + " ").stripLeading()
                + name
                + (executable.isVarArgs() ? parameters.replaceFirst("\\[]\\)$", "...)") : parameters)
                + list(" throws ", executable.getAnnotatedExceptionTypes());
    }

    /** Of a record's own constructor, the components' types: compilers differ in the annotations that they copy to it. */
    private static AnnotatedType[] parameterTypes(Executable executable) {
        RecordComponent[] components = executable.getDeclaringClass().getRecordComponents();
        if (executable instanceof Constructor<?>
                && components != null
                && Arrays.equals(
                        executable.getParameterTypes(),
                        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new))) {
            return Arrays.stream(components)
                    .map(RecordComponent::getAnnotatedType)
                    .toArray(AnnotatedType[]::new);
        }
        return executable.getAnnotatedParameterTypes();
    }

    private static String typeParameters(GenericDeclaration declaration) {
        return declaration.getTypeParameters().length == 0
                ? ""
                : Arrays.stream(declaration.getTypeParameters())
                        .map(PublicApi::typeParameter)
                        .collect(Collectors.joining(", ", "<", ">"));
    }

    private static String typeParameter(TypeVariable<?> parameter) {
        String bounds = Arrays.stream(parameter.getAnnotatedBounds())
                .map(PublicApi::text)
                .collect(Collectors.joining(" & "));
        return parameter.getName() + (bounds.equals("Object") ? "" : " extends " + bounds);
    }

    private static String list(String before, AnnotatedType[] types) {
        return types.length == 0
                ? ""
                : Arrays.stream(types).map(PublicApi::text).collect(Collectors.joining(", ", before, ""));
    }

    private static String text(AnnotatedType type) {
        return withoutPackages(
                type.toString().replaceAll("@org\\.jspecify\\.annotations\\.Nullable(\\(\\))?", "@Nullable"));
    }

    private static String simpleName(Class<?> type) {
        return withoutPackages(type.getName()).replace('$', '.');
    }

    private static String withoutPackages(String text) {
        return text.replaceAll("(?:[a-z]\\w*\\.)+(?=[A-Z@])", "").replace('$', '.');
    }
}
