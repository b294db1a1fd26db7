/** A plug-in as a third party would write it. */
@NullMarked
package com.example.discovery.plugin;

import org.jspecify.annotations.NullMarked;
