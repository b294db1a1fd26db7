@NullMarked
package com.example.discovery.spring;

import org.jspecify.annotations.NullMarked;
