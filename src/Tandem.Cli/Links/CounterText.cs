using System.Globalization;
using System.Text;
using Tandem.Api;

namespace Tandem.Cli.Links;

/// <summary>Counters in the table format of <c>ip -s link show</c>: columns are as wide as the widest number of both
/// directions.</summary>
internal static class CounterText
{
    private static readonly string[] ReceiveTitles = ["bytes", "packets", "errors", "dropped", "missed", "mcast"];
    private static readonly string[] TransmitTitles = ["bytes", "packets", "errors", "dropped", "carrier", "collsns"];

    // The widths of ip's longest titles. ip fills the last column only for devices that compress.
    private static readonly int[] MinWidths = [10, 7, 6, 7, 7, 7, 10];

    /// <summary>Four lines, each preceded by a newline.</summary>
    public static string Format(LinkCounters counters)
    {
        var (rx, tx) = (counters.Rx, counters.Tx);
        ulong[] received = [rx.Bytes, rx.Packets, rx.Errors, rx.Dropped, rx.OverErrors, rx.Multicast];
        ulong[] sent = [tx.Bytes, tx.Packets, tx.Errors, tx.Dropped, tx.CarrierErrors, tx.Collisions];
        var widths = MinWidths.ToArray();
        for (var i = 0; i < received.Length; i++)
            widths[i] = Math.Max(widths[i], Math.Max(Digits(received[i]), Digits(sent[i])));
        var text = new StringBuilder();
        AppendRows(text, "RX: ", ReceiveTitles, received, widths);
        AppendRows(text, "TX: ", TransmitTitles, sent, widths);
        return text.ToString();
    }

    private static void AppendRows(StringBuilder text, string direction, string[] titles, ulong[] values, int[] widths)
    {
        text.Append("\n    ").Append(direction);
        for (var i = 0; i < titles.Length; i++)
            text.Append(titles[i].PadLeft(i == 0 ? widths[i] - direction.Length : widths[i])).Append(' ');
        text.Append(' ', widths[^1]).Append("\n    ");
        for (var i = 0; i < values.Length; i++)
            text.Append(values[i].ToString(CultureInfo.InvariantCulture).PadLeft(widths[i])).Append(' ');
    }

    private static int Digits(ulong number) => number.ToString(CultureInfo.InvariantCulture).Length;
}
