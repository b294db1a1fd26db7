/** Calls on virtual threads. */
@NullMarked
package com.example.discovery.threads;

import org.jspecify.annotations.NullMarked;
