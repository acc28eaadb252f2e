using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tandem.Api;

/// <summary>
/// JSON serialization of all messages: snake_case keys, null values left out. Unknown keys in answers and events are ignored, so that an
/// older client understands a newer service; unknown keys in requests are refused (see the request types).
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true
)]
[JsonSerializable(typeof(BalancingResource))]
[JsonSerializable(typeof(BondResource))]
[JsonSerializable(typeof(BondSpec))]
[JsonSerializable(typeof(IReadOnlyList<BondResource>))]
[JsonSerializable(typeof(CreateBondRequest))]
[JsonSerializable(typeof(ChangeBondRequest))]
[JsonSerializable(typeof(ChangeMemberRequest))]
[JsonSerializable(typeof(DoctorReport))]
[JsonSerializable(typeof(ErrorMessage))]
[JsonSerializable(typeof(EventMessage))]
[JsonSerializable(typeof(LacpResource))]
[JsonSerializable(typeof(LacpMemberResource))]
[JsonSerializable(typeof(MemberBalancingResource))]
[JsonSerializable(typeof(PlanResource))]
[JsonSerializable(typeof(RollbackRequest))]
[JsonSerializable(typeof(RollbackResource))]
[JsonSerializable(typeof(ServiceInfo))]
public sealed partial class TandemJson : JsonSerializerContext
{
    /// <summary>For writing, without escaping quotation marks and non-ASCII letters: this JSON is never part of a web page.</summary>
    public static TandemJson Readable =>
        field ??= new TandemJson(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
