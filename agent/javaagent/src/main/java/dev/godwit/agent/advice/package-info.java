/**
 * What the agent puts into methods of the application, by Byte Buddy. Each class that ends in {@code Advice} is one
 * piece: its code is copied into the method, touches nothing but {@link dev.godwit.bootstrap}, and swallows whatever
 * goes wrong.
 */
package dev.godwit.agent.advice;
