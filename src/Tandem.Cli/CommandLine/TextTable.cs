using System.Text;

namespace Tandem.Cli.CommandLine;

/// <summary>Tables in text output.</summary>
internal static class TextTable
{
    /// <summary>Two spaces: the distance of columns.</summary>
    public const string Gap = "  ";

    /// <summary>Appends a table. Each column but the last is as wide as its widest cell.</summary>
    public static void Append(StringBuilder text, string[] head, IEnumerable<string[]> rows)
    {
        List<string[]> table = [head, .. rows];
        var widths = head.Select((_, column) => table.Max(row => row[column].Length)).ToArray();
        foreach (var row in table)
        {
            var cells = row.Select((cell, column) => column == head.Length - 1 ? cell : cell.PadRight(widths[column]));
            text.AppendJoin(Gap, cells).Append('\n');
        }
    }
}
