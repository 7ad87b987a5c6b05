/** The broker's own requests to the active controller. */
@NullMarked
package io.aquifer.controller;

import org.jspecify.annotations.NullMarked;
