package io.github.moonlibs.discovery.bind;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import org.jspecify.annotations.Nullable;

/** A default method of a bound interface. */
final class DefaultMethod {
    private DefaultMethod() {}

    /** The operation that runs the body; adds a problem if the body's module gives no access to it. */
    static Operation of(Method method, Problems problems) {
        Class<?> owner = method.getDeclaringClass();
        Module module = DefaultMethod.class.getModule();
        module.addReads(owner.getModule());
        if (owner.getModule().isOpen(owner.getPackageName(), module)) {
            return byHandle(method, problems);
        }
        if (!Modifier.isPublic(owner.getModifiers()) || !owner.getModule().isExported(owner.getPackageName(), module)) {
            problems.add(method, noAccess(owner));
        }
        return (bound, arguments) -> InvocationHandler.invokeDefault(bound, method, arguments);
    }

    private static Operation byHandle(Method method, Problems problems) {
        Class<?> owner = method.getDeclaringClass();
        try {
            MethodHandle body = MethodHandles.privateLookupIn(owner, MethodHandles.lookup())
                    .unreflectSpecial(method, owner)
                    .asSpreader(Object[].class, method.getParameterCount())
                    .asType(MethodType.methodType(Object.class, Object.class, Object[].class));
            return new ByHandle(body);
        } catch (IllegalAccessException e) {
            problems.add(method, noAccess(owner) + " (" + e.getMessage() + ")");
            return (bound, arguments) -> null;
        }
    }

    private static String noAccess(Class<?> owner) {
        return "no access to the body; expected \"opens " + owner.getPackageName() + " to "
                + DefaultMethod.class.getModule().getName() + "\" in module "
                + owner.getModule().getName() + ", or a public interface in an exported package";
    }

    private record ByHandle(MethodHandle body) implements Operation {
        @Override
        public @Nullable Object invoke(Object bound, @Nullable Object[] arguments) throws Throwable {
            return (Object) body.invokeExact(bound, arguments);
        }
    }
}
