/** What goes over the wire. */
@NullMarked
package com.example.discovery.modules.model;

import org.jspecify.annotations.NullMarked;
