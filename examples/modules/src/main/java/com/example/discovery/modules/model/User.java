package com.example.discovery.modules.model;

/**
 * A user.
 *
 * @param id its number
 * @param name what people call it
 */
public record User(long id, String name) {}
