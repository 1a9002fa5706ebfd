/**
 * The control channel between a hypervisor and the agent in a JVM: what both ends need, and the controller's end. Uses the
 * JDK and the records of a trace only.
 *
 * <p>The controller makes a Unix domain socket in a directory that only the JVM's user can enter ({@link
 * dev.godwit.agent.channel.ControlSocket}) and names it to the agent by the option {@code control=PATH}; the agent
 * connects, says {@link dev.godwit.agent.channel.Message.Hello}, and answers what it is asked, one thing after the other
 * ({@link dev.godwit.agent.channel.AgentConnection}). Whoever closes the socket, or dies, ends it: to the agent that is the
 * same as {@link dev.godwit.agent.channel.Message.Aborted}.
 *
 * <p>A frame, all numbers little-endian:
 *
 * <pre>
 *   0               4       5      6          8            12            16
 *  +---------------+-------+------+----------+------------+-------------+---------+
 *  | magic "GWCC"  |version| type | zero     | request    | length      | payload |
 *  +---------------+-------+------+----------+------------+-------------+---------+
 * </pre>
 *
 * An answer bears the number of its request; what is no answer bears its own. An end that receives a frame of another
 * version, an unknown type, a length beyond its limit, or a payload with a byte too few or too many, says {@link
 * dev.godwit.agent.channel.Message.Refused} with the reason and closes the socket.
 */
package dev.godwit.agent.channel;
