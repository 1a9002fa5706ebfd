/** Reads what the application said through the hint API. */
package dev.godwit.agent.hint;
