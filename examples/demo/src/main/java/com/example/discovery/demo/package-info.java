/** A replicaset that loses, gains and changes nodes under load. */
@NullMarked
package com.example.discovery.demo;

import org.jspecify.annotations.NullMarked;
