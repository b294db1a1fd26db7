package com.example.discovery.modules.model;

/**
 * A user.
 *
 * @param id the user's number
 * @param name the user's name
 */
public record User(long id, String name) {}
