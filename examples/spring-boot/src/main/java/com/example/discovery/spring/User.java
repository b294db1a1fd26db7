package com.example.discovery.spring;

/** A tuple of the space users. */
public record User(long id, String name) {}
