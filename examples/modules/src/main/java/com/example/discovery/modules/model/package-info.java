/** The values that are sent and received. */
@NullMarked
package com.example.discovery.modules.model;

import org.jspecify.annotations.NullMarked;
