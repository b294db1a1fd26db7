package com.example.discovery.spring;

import io.github.moonlibs.discovery.CallException;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Users over HTTP. */
@RestController
@RequestMapping("/users")
class UsersController {
    private final Users users;

    UsersController(Users users) {
        this.users = users;
    }

    @GetMapping
    List<User> list() {
        return users.list();
    }

    @GetMapping("/{id}")
    ResponseEntity<User> get(@PathVariable long id) {
        return ResponseEntity.of(users.get(id));
    }

    /** No node could answer: the message, which belongs into the log, says which were asked and why they did not. */
    @ExceptionHandler
    ResponseEntity<String> failed(CallException e) {
        System.getLogger(UsersController.class.getName()).log(System.Logger.Level.WARNING, e.getMessage());
        return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE).body("try again later");
    }
}
