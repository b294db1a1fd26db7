/** A web application with Spring Boot. */
@NullMarked
package com.example.discovery.spring;

import org.jspecify.annotations.NullMarked;
