/** An application in a named module; it exports nothing. */
@NullMarked
package com.example.discovery.modules;

import org.jspecify.annotations.NullMarked;
