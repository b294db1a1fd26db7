/** A plug-in as an outsider would write it. */
@NullMarked
package com.example.discovery.plugin;

import org.jspecify.annotations.NullMarked;
