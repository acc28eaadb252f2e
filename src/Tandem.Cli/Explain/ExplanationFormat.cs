using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Tandem.Core.Explaining;
using Tandem.Core.Forwarding;
using Tandem.Core.Options;

namespace Tandem.Cli.Explain;

/// <summary>Explanations as text and as JSON.</summary>
internal static class ExplanationFormat
{
    /// <summary>The whole explanation as text.</summary>
    public static string ToText(Explanation explanation, ExplainSubject subject)
    {
        var text = new StringBuilder();
        Line(text, "mode", Name(BondOptions.Known.Mode, (int)subject.Mode));
        if (explanation.Hash is not null)
            Line(text, "policy", Name(BondOptions.Known.HashPolicy, (int)explanation.Policy));
        Line(
            text,
            "members",
            Invariant(
                $"{subject.Members}{(subject.Names.Count == 0 ? "" : $" ({string.Join(", ", subject.Names.Take(subject.Members))})")}"
            )
        );
        foreach (var (name, reason) in subject.Idle)
            Line(text, "idle", $"{name}: {reason}");
        foreach (var key in explanation.Keys)
            Line(text, key.Name, key.Value);
        if (explanation.Hash is { } hash)
        {
            text.Append("hash\n");
            foreach (var step in explanation.Steps)
                text.Append(CultureInfo.InvariantCulture, $"  0x{step.Hash:x8}  {step.What}\n");
            Line(text, "hash", Invariant($"0x{hash:x8} ({hash})"));
        }
        var remainder = explanation.Hash is { } number ? Invariant($" = {number} mod {explanation.Modulus}") : "";
        if (explanation.Bucket is { } bucket)
            Line(text, "bucket", Invariant($"{bucket}{remainder}"));
        if (explanation.Slot is { } member)
        {
            var how = explanation.Bucket is { } by ? Invariant($" by bucket {by}") : remainder;
            var name = subject.NameOf(member) is { } known ? $" ({known})" : "";
            Line(text, "member", Invariant($"{member}{how}{name}"));
        }
        if (!explanation.Standby.IsEmpty && explanation.Slot is { } first)
            Line(
                text,
                "standby",
                $"if {Member(first, subject)} fails: {string.Join(", then ", explanation.Standby.Select(slot => Member(slot, subject)))}"
            );
        if (explanation.Source is { } source)
            Line(text, "leaves", $"from {source}");
        foreach (var queue in subject.Plan.Queues)
            Line(text, "queue", Invariant($"{queue.Queue}: all that is sent through it leaves on {subject.NameOf(queue.Slot)}"));
        if (explanation.Note is { } note)
            Line(text, "note", note);
        if (subject.Assumed is { } assumed)
            Line(text, "assumed", assumed);
        return text.ToString();
    }

    /// <summary>The answer on one line.</summary>
    public static string ToLine(Explanation explanation, ExplainSubject subject)
    {
        var member = explanation.Slot is { } index ? Invariant($"{index}") : "-";
        var hash = explanation.Hash is { } number ? Invariant($" hash 0x{number:x8}") : "";
        return $"member {member}{hash}{(subject.NameOf(explanation.Slot) is { } name ? $" {name}" : "")}";
    }

    /// <summary>The whole explanation as JSON.</summary>
    public static JsonObject ToJson(Explanation explanation, ExplainSubject subject)
    {
        var json = new JsonObject
        {
            ["mode"] = Name(BondOptions.Known.Mode, (int)subject.Mode),
            ["policy"] = Name(BondOptions.Known.HashPolicy, (int)explanation.Policy),
            ["members"] = subject.Members,
        };
        if (subject.Idle.Count > 0)
            json["idle"] = new JsonArray([.. subject.Idle.Select(ToJson)]);
        var keys = new JsonObject();
        foreach (var key in explanation.Keys)
            keys[key.Name] = key.Value;
        json["keys"] = keys;
        var steps = new JsonArray();
        foreach (var step in explanation.Steps)
            steps.Add((JsonNode)new JsonObject { ["step"] = step.What, ["hash_hex"] = Hex(step.Hash) });
        json["steps"] = steps;
        json["hash"] = explanation.Hash;
        json["hash_hex"] = explanation.Hash is { } hash ? Hex(hash) : null;
        if (explanation.Bucket is { } bucket)
            json["bucket"] = bucket;
        json["member"] = explanation.Slot;
        if (subject.NameOf(explanation.Slot) is { } name)
            json["member_name"] = name;
        if (!explanation.Standby.IsEmpty)
            json["standby"] = new JsonArray([.. explanation.Standby.Select(slot => (JsonNode)Member(slot, subject))]);
        if (explanation.IsBalanced is { } balanced)
            json["balanced"] = balanced;
        if (explanation.Source is { } source)
            json["source"] = source.ToString();
        if (!subject.Plan.Queues.IsEmpty)
            json["queues"] = new JsonArray([.. subject.Plan.Queues.Select(queue => (JsonNode)ToJson(queue, subject))]);
        if (explanation.Note is { } note)
            json["note"] = note;
        if (subject.Assumed is { } assumed)
            json["assumed"] = assumed;
        return json;
    }

    // The member's name, or its number in a described bond.
    private static string Member(int slot, ExplainSubject subject) => subject.NameOf(slot) ?? Invariant($"member {slot}");

    private static JsonObject ToJson(QueueSlot queue, ExplainSubject subject) =>
        new JsonObject { ["queue"] = queue.Queue, ["member_name"] = subject.NameOf(queue.Slot) };

    private static JsonNode ToJson(IdleMember member) => new JsonObject { ["member_name"] = member.Name, ["reason"] = member.Reason };

    private static string Name(BondOption option, int number) => option.Choices[number];

    private static string Hex(uint hash) => Invariant($"0x{hash:x8}");

    private static void Line(StringBuilder text, string label, string value) => text.Append(label.PadRight(10)).Append(value).Append('\n');

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
