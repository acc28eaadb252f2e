using System.Text;

namespace Tandem.EndToEnd.Tests;

/// <summary>tcpdump on an interface of a host. It listens when the constructor returns, and ends with the host.</summary>
internal sealed class Capture
{
    private readonly StringBuilder _lines = new();

    /// <summary>Starts tcpdump; the interface may be <c>any</c>.</summary>
    public Capture(Host host, string device, params string[] filter)
    {
        var tcpdump = host.Start(["tcpdump", "-i", device, "-e", "-n", "-l", "--immediate-mode", .. filter]);
        // tcpdump reports on standard error that it listens.
        Shell.Until(() => tcpdump.StandardError.ReadLine()?.Contains("listening", StringComparison.Ordinal) == true, "tcpdump listens");
        tcpdump.OutputDataReceived += (_, line) =>
        {
            lock (_lines)
                _lines.Append(line.Data).Append('\n');
        };
        tcpdump.BeginOutputReadLine();
    }

    /// <summary>The output so far.</summary>
    public string Text
    {
        get
        {
            lock (_lines)
                return _lines.ToString();
        }
    }

    /// <summary>Number of lines that have all these parts.</summary>
    public int Count(params string[] parts) =>
        Text.Split('\n').Count(line => Array.TrueForAll(parts, part => line.Contains(part, StringComparison.Ordinal)));
}
