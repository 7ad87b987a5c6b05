package io.aquifer.harness;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** Reads the metrics of a running node, which needs no setting for that: its JVM is asked to serve them to this machine. */
public final class BrokerMetrics implements AutoCloseable {

    private final JMXConnector connector;
    private final MBeanServerConnection metrics;

    private BrokerMetrics(JMXConnector connector) throws IOException {
        this.connector = connector;
        this.metrics = connector.getMBeanServerConnection();
    }

    /** Connects to the process that {@code node} is now; it is another one after a restart. */
    @SuppressWarnings("BanJNDI") // the address is what the JVM has just said, not what somebody has sent
    public static BrokerMetrics of(BrokerProcess node) throws IOException {
        try {
            VirtualMachine jvm = VirtualMachine.attach(Long.toString(node.pid()));
            try {
                String address = jvm.startLocalManagementAgent();
                return new BrokerMetrics(JMXConnectorFactory.connect(new JMXServiceURL(address)));
            } finally {
                jvm.detach();
            }
        } catch (AttachNotSupportedException e) {
            throw new IOException("The JVM of node " + node.config().nodeId() + " can't be asked for its metrics", e);
        }
    }

    /** The value of a gauge. */
    public double value(String name) throws IOException {
        return attribute(name, "Value");
    }

    /** How often a meter was marked. */
    public double count(String name) throws IOException {
        return attribute(name, "Count");
    }

    /** @param name as JMX has it, such as {@code io.aquifer:type=WalUpload,name=LagMs} */
    private double attribute(String name, String attribute) throws IOException {
        try {
            return ((Number) metrics.getAttribute(new ObjectName(name), attribute)).doubleValue();
        } catch (JMException e) {
            throw new IOException("No " + attribute + " of " + name, e);
        }
    }

    @Override
    public void close() throws IOException {
        connector.close();
    }
}
