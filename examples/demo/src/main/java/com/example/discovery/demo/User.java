package com.example.discovery.demo;

/**
 * What every method of the service returns.
 *
 * @param id the user's number
 * @param name the user's name
 * @param node the instance that served the call
 */
record User(long id, String name, String node) {}
