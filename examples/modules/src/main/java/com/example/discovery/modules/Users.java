package com.example.discovery.modules;

import com.example.discovery.modules.model.User;
import io.github.moonlibs.discovery.Deadline;
import io.github.moonlibs.discovery.Method;
import io.github.moonlibs.discovery.WithOptions;
import java.util.List;
import java.util.Optional;

/** The methods of the servers. */
@WithOptions(timeout = "10s", deadline = "30s")
interface Users {
    @Method("users.get")
    Optional<User> find(long id);

    @Method("users.list")
    List<User> list(Deadline deadline);
}
