/** An application on the class path. */
@NullMarked
package com.example.discovery.plain;

import org.jspecify.annotations.NullMarked;
