import io.github.moonlibs.discovery.DiscoveryClient;
import io.github.moonlibs.discovery.Method;
import java.util.List;

public class FirstCall {
    public record User(long id, String name) {}

    public interface Users {
        @Method("users.get")
        User get(long id);

        @Method("users.list")
        List<User> list();

        @Method("users.insert")
        User insert(long id, String name);
    }

    public static void main(String[] args) {
        try (var client = DiscoveryClient.connect("static:127.0.0.1:3301")) {
            Users users = client.bind(Users.class);

            System.out.println(users.get(42));
            if (users.get(43) == null) {
                System.out.println(users.insert(43, "Bob"));
            }
            System.out.println(users.list());
        }
    }
}
