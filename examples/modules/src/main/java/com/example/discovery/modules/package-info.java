/** An application in a named module; nothing of it is exported. */
@NullMarked
package com.example.discovery.modules;

import org.jspecify.annotations.NullMarked;
