package dev.godwit.agent.channel;

/**
 * A message with the number that ties an answer to its request.
 *
 * @param request number, not negative
 * @param message what is said
 */
public record Frame(int request, Message message) {}
