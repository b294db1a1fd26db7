@NullMarked
package com.example.broken;

import org.jspecify.annotations.NullMarked;
