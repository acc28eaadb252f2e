using System.Globalization;
using System.Text.Json;
using Tandem.Core.Hashing;
using Tandem.Core.Options;

namespace Tandem.Core.Tests.Hashing;

/// <summary>A frame, and the member on which the Linux driver sent it for several numbers of members.</summary>
internal sealed record RecordedFrame(
    string Name,
    string Mode,
    HashPolicy Policy,
    VlanTagPlacement Tag,
    bool SourceReplaced,
    IReadOnlyDictionary<int, int?[]> Members,
    byte[] Bytes
)
{
    public static IReadOnlyList<RecordedFrame> All { get; } =
    [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Data", "hash-vectors.jsonl")).Select(Parse)];

    public static HashPolicy PolicyOf(string name) => (HashPolicy)BondOptions.Known.HashPolicy.Choices.IndexOf(name);

    private static RecordedFrame Parse(string line)
    {
        using var json = JsonDocument.Parse(line);
        var root = json.RootElement;
        return new RecordedFrame(
            root.GetProperty("name").GetString()!,
            root.GetProperty("mode").GetString()!,
            PolicyOf(root.GetProperty("policy").GetString()!),
            root.GetProperty("route").GetString() == "bridge" ? VlanTagPlacement.Stripped : VlanTagPlacement.InData,
            root.TryGetProperty("src", out var source) && source.GetString() == "slave",
            root.GetProperty("slave")
                .EnumerateObject()
                .ToDictionary(entry => int.Parse(entry.Name, CultureInfo.InvariantCulture), entry => Indexes(entry.Value)),
            Convert.FromHexString(root.GetProperty("frame").GetString()!)
        );
    }

    private static int?[] Indexes(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Array => [.. value.EnumerateArray().Select(item => (int?)item.GetInt32())],
            JsonValueKind.Null => [null],
            _ => [value.GetInt32()],
        };
}
