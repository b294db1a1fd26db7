import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassHierarchyResolver.ClassHierarchyInfo;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.constant.ClassDesc;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Gives the classes in jars that were compiled for Java 5 or older the format of Java 8, with the stack maps that this one
 * asks for: an AOT cache takes no older classes, and picocli's are.
 *
 * <p>{@code java Modernize.java JAR…}
 */
class Modernize {
    private static final int JAVA_6 = ClassFile.JAVA_6_VERSION;

    /** What is known of the jar's own classes, then of the JDK's; of any other, only that it is a class. */
    private final ClassFile classFile;

    private final Path root;

    private Modernize(Path root) {
        this.root = root;
        var resolver = ClassHierarchyResolver.ofResourceParsing(this::open)
                .orElse(ClassHierarchyResolver.defaultResolver())
                .orElse(unknown -> ClassHierarchyInfo.ofClass(ClassDesc.of("java.lang.Object")));
        this.classFile = ClassFile.of(
                ClassFile.ClassHierarchyResolverOption.of(resolver), ClassFile.StackMapsOption.GENERATE_STACK_MAPS);
    }

    public static void main(String[] jars) throws IOException {
        for (String jar : jars) {
            try (FileSystem files = FileSystems.newFileSystem(Path.of(jar))) {
                new Modernize(files.getPath("/")).classes();
            }
        }
    }

    private void classes() throws IOException {
        List<Path> old;
        try (Stream<Path> files = Files.walk(root)) {
            old = files.filter(file -> file.toString().endsWith(".class"))
                    .filter(Modernize::isOld)
                    .toList();
        }
        for (Path file : old) {
            Files.write(file, modern(classFile.parse(Files.readAllBytes(file))));
        }
    }

    /** The bytes 6 and 7 of a class are its version. */
    private static boolean isOld(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] head = in.readNBytes(8);
            return (head[6] << 8 | head[7]) < JAVA_6;
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    private byte[] modern(ClassModel old) {
        ClassTransform version = (builder, element) ->
                builder.with(element instanceof ClassFileVersion ? ClassFileVersion.of(ClassFile.JAVA_8_VERSION, 0) : element);
        // code that passes through a transform is written anew, with its stack maps
        return classFile.transformClass(
                old, version.andThen(ClassTransform.transformingMethodBodies((code, element) -> code.with(element))));
    }

    private InputStream open(ClassDesc name) {
        String descriptor = name.descriptorString();
        try {
            return Files.newInputStream(root.resolve(descriptor.substring(1, descriptor.length() - 1) + ".class"));
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(descriptor, e);
        }
    }
}
